export default {
  page: { title: 'Huixiang member' },
  nav: { label: 'Main', card: 'Card', points: 'Points', tier: 'Tier' },
  gate: {
    missing: 'Open your card from the shop',
    missingNote: 'This page needs a link of your own. Go back to the shopping app you use and tap “Member card”.',
    expired: 'This visit has expired',
    expiredNote: 'To protect your account, a card link stops working after a while. Please open it again from the shop.',
  },
  card: {
    hello: 'Hello, {name}',
    helloPlain: 'Hello',
    number: 'Member number',
    recent: 'Latest points',
    all: 'Full statement',
    show: 'Say this number at the till to earn points',
  },
  statement: { title: 'Points statement', pull: 'Pull to refresh', loose: 'Let go to refresh' },
  ladder: {
    title: 'Tiers',
    here: 'Your tier',
    reached: 'Reached',
    need: '{amount} to go',
    from: 'Spend {amount}',
    entry: 'From the day you join',
    note: 'Counts what you paid over the last {days} days. Refunds are taken off again.',
    spent: 'Growth, last {days} days',
  },
} as const
