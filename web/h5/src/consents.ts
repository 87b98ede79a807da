/** What the member may consent to, purpose by purpose, and how each stands. */
import type { Consent, ConsentText } from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'

import { api, command, mine } from './queries'

export const useConsents = () =>
  useQuery({
    queryKey: ['consents'],
    queryFn: ({ signal }) => mine<Consent[]>(api.GET('/api/member/v1/me/consents', { signal })),
  })

export const useConsentTexts = () =>
  useQuery({
    queryKey: ['consentTexts'],
    queryFn: ({ signal }) => mine<ConsentText[]>(api.GET('/api/member/v1/me/consents/texts', { signal })),
  })

export function useConsenting() {
  const client = useQueryClient()
  return {
    async give({ purpose, text_version }: ConsentText): Promise<void> {
      const body = { purpose, text_version }
      const call = api.POST('/api/member/v1/me/consents', { params: command(), body })
      client.setQueryData(['consents'], await mine<Consent[]>(call))
      void client.invalidateQueries({ queryKey: ['attributes'] })
    },
    /** What was kept by it is deleted with it. */
    async withdraw(purpose: string): Promise<void> {
      const call = api.POST('/api/member/v1/me/consents/withdraw', { params: command(), body: { purpose } })
      client.setQueryData(['consents'], await mine<Consent[]>(call))
      for (const queryKey of [['attributes'], ['profile']]) void client.invalidateQueries({ queryKey })
    },
  }
}
