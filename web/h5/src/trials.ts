/** What newcomers may try, and what the member tries or tried. */
import type { Trial, TrialOffer } from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, command, mine } from './queries'

export function useTrials() {
  const query = useQuery({
    queryKey: ['trials'],
    queryFn: ({ signal }) => mine<Trial[]>(api.GET('/api/member/v1/me/trials', { signal })),
  })
  return { query, running: computed(() => query.data.value?.find((one) => one.ended_at === null)) }
}

export function useTrialOffer() {
  const query = useQuery({
    queryKey: ['trialOffers'],
    queryFn: ({ signal }) => mine<TrialOffer[]>(api.GET('/api/member/v1/me/trials/offers', { signal })),
  })
  return { query, offer: computed(() => query.data.value?.[0]) }
}

/** Begins what is offered; what is shown of tiers follows, also where it was refused because it had begun elsewhere. */
export function useBeginning(): () => Promise<Trial> {
  const client = useQueryClient()
  return async () => {
    try {
      return await mine<Trial>(api.POST('/api/member/v1/me/trials', { params: command() }))
    } finally {
      const stale = [['trials'], ['trialOffers'], ['tier']]
      await Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })))
    }
  }
}

const DAY_MS = 86_400_000

/** Whole days until an instant; 0 on the last one. */
export const daysLeft = (ends_at: string, now = Date.now()): number =>
  Math.max(0, Math.floor((Date.parse(ends_at) - now) / DAY_MS))
