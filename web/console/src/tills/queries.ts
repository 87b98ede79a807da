/** How late tills post, by store, and which stores are told of. */
import { answer, type DelayAlarm, type DelayReport, type Page } from '@huixiang/api'
import { daysBefore } from '@huixiang/shared'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'

import { api } from '../api'
import { today } from '../days'
import { following, position, START } from '../paging'

export const SPANS = [1, 7, 30] as const
export type Span = (typeof SPANS)[number]
export type AlarmState = 'open' | 'ended'

const LOOK_MS = 60_000
const SHOWN = 100

/** The last days, today included, by the business zone's clock. */
export const useDelays = (days: Ref<Span>) =>
  useInfiniteQuery({
    queryKey: ['tills', 'delays', days],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<DelayReport> => {
      const to = today()
      const query = { from: daysBefore(to, days.value - 1), to, ...position(pageParam) }
      return answer<DelayReport>(api.GET('/api/console/v1/tills/delays', { params: { query }, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_MS,
  })

export const useAlarms = (state: Ref<AlarmState>) =>
  useInfiniteQuery({
    queryKey: ['tills', 'alarms', state],
    initialPageParam: START,
    queryFn: ({ pageParam, signal }): Promise<Page<DelayAlarm>> => {
      const query = { state: state.value, ...position(pageParam) }
      return answer<Page<DelayAlarm>>(api.GET('/api/console/v1/tills/alarms', { params: { query }, signal }))
    },
    getNextPageParam: following,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_MS,
  })

/** How many alarms are open; 100 are a hundred or more. */
export const useOpenAlarms = (enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['tills', 'open'],
    queryFn: async ({ signal }): Promise<number> => {
      const query = { state: 'open', limit: SHOWN } as const
      return (await answer<Page<DelayAlarm>>(api.GET('/api/console/v1/tills/alarms', { params: { query }, signal }))).items.length
    },
    enabled,
    refetchInterval: LOOK_MS,
  })
