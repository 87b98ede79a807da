export default {
  page: { title: '惠象会员' },
  nav: { label: '主导航', card: '会员卡', points: '积分', tier: '等级' },
  gate: {
    missing: '请从购物 App 打开会员卡',
    missingNote: '这个页面需要一个只属于您的链接。请回到您常用的购物 App 或小程序，点击「会员卡」进入。',
    expired: '这次登录已过期',
    expiredNote: '为了保护您的账户，会员卡链接过一段时间会失效。请回到购物 App 重新打开。',
  },
  card: {
    hello: '您好，{name}',
    helloPlain: '您好',
    number: '会员号',
    recent: '最近的积分',
    all: '全部明细',
    show: '结账时报会员号即可累积积分',
  },
  statement: { title: '积分明细', pull: '下拉刷新', loose: '松开刷新' },
  ladder: {
    title: '会员等级',
    here: '当前等级',
    reached: '已达到',
    need: '还差 {amount}',
    from: '消费满 {amount}',
    entry: '注册即享',
    note: '按近 {days} 天的实付金额累计，退货会相应扣减。',
    spent: '近 {days} 天成长值',
  },
} as const
