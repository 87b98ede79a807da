import { devices, signIn } from './access.zh'
import * as own from './me.zh'
import { orders } from './orders.zh'
import { refund } from './refund.zh'
import * as wallet from './wallet.zh'

export default {
  signIn,
  devices,
  ...own,
  ...wallet,
  orders,
  refund,
  page: { title: '惠象会员' },
  terms: { back: '返回', coming: '{day} 起变更', read: '阅读全文', version: '第 {version} 版', since: '{day} 起生效', former: '历史版本' },
  nav: { label: '主导航', terms: '会员条款', card: '会员卡', wallet: '优惠券', orders: '订单', order: '订单详情', gift: '收到的券', points: '积分', tier: '等级', me: '我的', profile: '个人资料', consents: '授权管理', data: '我的数据', trial: '会员体验', inbox: '消息', devices: '登录与设备', signIn: '登录' },
  card: {
    hello: '您好，{name}',
    helloPlain: '您好',
    number: '会员号',
    recent: '最近的积分',
    all: '全部明细',
    tiers: '查看等级',
    show: '结账时报会员号即可累积积分',
  },
  code: {
    title: '使用积分',
    hint: '结账时出示此码。仅可使用一次，自动刷新。',
    picture: '会员动态码，每分钟更新',
    gone: '此码已失效',
    read: '无法扫码？获取口令码念给收银员',
    again: '重新获取',
    once: '请将这六位数字念给收银员，仅可使用一次，剩余 {left}。',
    ended: '这组数字已失效。',
  },
  inbox: {
    title: '消息',
    bell: '消息，{count} 条未读',
    unread: '{count} 条未读',
    new: '未读',
    readAll: '全部已读',
    none: '还没有消息',
    noneNote: '订单、积分和会员权益的通知都会出现在这里。',
    untitled: '通知',
    marketing: '活动',
  },
  popup: { close: '我知道了' },
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
