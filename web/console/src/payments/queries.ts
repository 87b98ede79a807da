/** Instructions to charge and to give back, and a day's payments held against the shop's books. */
import { answer, type BulkOutcome, type JudgedDay, type Page, type PaymentInstruction, type PaymentReconciliation } from '@huixiang/api'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api, command, csrf, settled } from '../api'
import { following, position, START } from '../paging'

export type InstructionState = PaymentInstruction['state']

/** since: an instant; those that were last sent then or later. */
export const useInstructions = (state: Ref<InstructionState>, since: Ref<string | undefined>) =>
  useInfiniteQuery({
    queryKey: ['payments', state, since],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<PaymentInstruction>> => {
      const from = since.value === undefined ? {} : { since: since.value }
      const params = { query: { state: state.value, ...from, ...position(pageParam) } }
      return answer<Page<PaymentInstruction>>(api.GET('/api/console/v1/payments', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

/** All of one order, the first one first. */
export const useOrderInstructions = (orderId: string, enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['payments', 'order', orderId],
    queryFn: ({ signal }): Promise<PaymentInstruction[]> =>
      answer<PaymentInstruction[]>(api.GET('/api/console/v1/orders/{order_id}/payments', { params: { path: { order_id: orderId } }, signal })),
    enabled,
  })

export function useSendAgain(): (one: PaymentInstruction, key: string) => Promise<unknown> {
  const queryClient = useQueryClient()
  return ({ order_id, instruction_id }, key) => {
    const params = { path: { order_id, instruction_id }, header: command(key) }
    const call = answer<unknown>(api.POST('/api/console/v1/orders/{order_id}/payments/{instruction_id}/retry', { params }))
    return settled(queryClient, [['payments'], ['payment-day']], call)
  }
}

export const OUTCOMES = ['amiss', 'missing', 'differs', 'agrees'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Days by what they came to when they were last looked at, the latest first. */
export const useJudgedDays = (outcome: Ref<Outcome>) =>
  useInfiniteQuery({
    queryKey: ['payment-day', 'judged', outcome],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<JudgedDay>> => {
      const params = { query: { outcome: outcome.value, ...position(pageParam) } }
      return answer<Page<JudgedDay>>(api.GET('/api/console/v1/payments/days', { params, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
  })

/** day: as the server writes days. */
export const useDay = (day: Ref<string>) =>
  useQuery({
    queryKey: ['payment-day', day],
    queryFn: ({ signal }): Promise<PaymentReconciliation> =>
      answer<PaymentReconciliation>(api.GET('/api/console/v1/payments/statements/{day}', { params: { path: { day: day.value } }, signal })),
  })

/** rows: a JSON object a line. Sent again, what is there already changes nothing, so it needs no key. */
export function useTell(): (day: string, rows: string) => Promise<BulkOutcome> {
  const queryClient = useQueryClient()
  return async (day, rows) => {
    const params = { path: { day }, header: { ...csrf(), 'Content-Type': 'application/x-ndjson' } }
    const call = api.POST('/api/console/v1/payments/statements/{day}', { params, body: rows, bodySerializer: (body: unknown) => String(body) })
    const outcome = await answer<BulkOutcome>(call)
    await queryClient.invalidateQueries({ queryKey: ['payment-day'] })
    return outcome
  }
}
