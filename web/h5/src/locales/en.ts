import { devices, signIn } from './access.en'
import * as own from './me.en'
import { orders } from './orders.en'
import { refund } from './refund.en'
import * as wallet from './wallet.en'

export default {
  signIn,
  devices,
  ...own,
  ...wallet,
  orders,
  refund,
  page: { title: 'Huixiang member' },
  terms: { back: 'Back', coming: 'Changes from {day}', read: 'Read it all', version: 'Version {version}', since: 'in force since {day}', former: 'Former versions' },
  nav: { label: 'Main', terms: 'Terms', card: 'Card', wallet: 'Coupons', orders: 'Orders', order: 'Order', gift: 'A coupon for you', points: 'Points', tier: 'Tier', me: 'Me', profile: 'Profile', consents: 'Consents', data: 'My data', trial: 'Trial membership', inbox: 'Messages', devices: 'Sign-in and devices', signIn: 'Sign in' },
  card: {
    hello: 'Hello, {name}',
    helloPlain: 'Hello',
    number: 'Member number',
    recent: 'Latest points',
    all: 'Full statement',
    tiers: 'See all tiers',
    show: 'Say this number at the till to earn points',
  },
  code: {
    title: 'Pay with points',
    hint: 'Show this code at the till. It is good once, and changes by itself.',
    picture: 'Member code, renewed every minute',
    gone: 'This code has run out',
    read: 'No camera at the till? Get a code to read out',
    again: 'Another code',
    once: 'Read these six digits to the cashier. They are good once, for {left} more.',
    ended: 'These digits have run out.',
  },
  inbox: {
    title: 'Messages',
    bell: 'Messages, {count} unread',
    unread: '{count} unread',
    new: 'Unread',
    readAll: 'Mark all as read',
    none: 'No messages yet',
    noneNote: 'News of your orders, points and benefits will appear here.',
    untitled: 'Notice',
    marketing: 'Offer',
  },
  popup: { close: 'Got it' },
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
