/**
 * The typed client at a running server, as a system of the retailer would use it: `node calls.mjs ADDRESS TOKEN
 * MEMBER_ID` prints what it found, as JSON. tests/browser/test_api_client.py runs it.
 */
import { argv, stdout } from 'node:process'

import { ApiError, answer, createApi } from '../src/index'

const [address = '', token = '', memberId = ''] = argv.slice(2)
const api = createApi(() => ({ Authorization: `Bearer ${token}` }), address)
const stranger = createApi(() => ({}), address)

async function code(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'none'
  } catch (error) {
    return error instanceof ApiError ? `${error.status} ${error.code}` : 'other'
  }
}

const path = { member_id: memberId }
const balance = await answer(api.GET('/api/v1/members/{member_id}/points', { params: { path } }))
const first = await answer(
  api.GET('/api/v1/members/{member_id}/points/postings', { params: { path, query: { limit: 2 } } }),
)
const cursor = first.next_cursor ?? null
const second = await answer(
  api.GET('/api/v1/members/{member_id}/points/postings', { params: { path, query: { limit: 2, cursor } } }),
)
const open = () =>
  api.POST('/api/v1/points/books', {
    params: { header: { 'Idempotency-Key': 'client-1' } },
    body: { code: 'client', has_lots: false },
  })
const opened = await open()
const again = await open()

const found = {
  balance: balance.balance,
  seqs: [...first.items, ...second.items].map((line) => line.seq),
  opened: opened.response.status,
  same: JSON.stringify(opened.data) === JSON.stringify(again.data),
  replayed: again.response.headers.get('Idempotency-Replayed'),
  unknown: await code(
    answer(api.GET('/api/v1/orders/{order_id}', { params: { path: { order_id: memberId } } })),
  ),
  stranger: await code(answer(stranger.GET('/api/v1/members/{member_id}/points', { params: { path } }))),
}
stdout.write(JSON.stringify(found))
