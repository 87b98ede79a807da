/** The programme's terms, which everybody may read. */
import { answer, createApi, type MyTerms } from '@huixiang/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api as own, command, mine } from './queries'
import { token } from './token'

export interface Words {
  zh: string
  en: string
}
export interface TermsVersion {
  version: number
  title: Words
  summary: Words
  effective_at: string | null
}
export interface TermsText extends TermsVersion {
  text: Words
}
export interface TermsOverview {
  current: TermsText | null
  coming: TermsText[]
  former: TermsVersion[]
}

const api = createApi((): Record<string, string> => ({ 'Accept-Language': document.documentElement.lang }))

export const useTerms = () =>
  useQuery({
    queryKey: ['terms'],
    queryFn: ({ signal }): Promise<TermsOverview> => answer<TermsOverview>(api.GET('/api/member/v1/terms', { signal }) as never),
  })

export const useFormer = (version: number) =>
  useQuery({
    queryKey: ['terms', version],
    queryFn: ({ signal }): Promise<TermsText> =>
      answer<TermsText>(api.GET('/api/member/v1/terms/{version}', { params: { path: { version } }, signal }) as never),
  })

const useMine = () =>
  useQuery({
    queryKey: ['myTerms'],
    queryFn: ({ signal }) => mine<MyTerms>(own.GET('/api/member/v1/me/terms', { signal })),
    enabled: () => token.value !== null,
  })

/** Which versions the member accepted and when; `awaiting`: those that hold or are to come and that they did not. */
export function useAcceptance() {
  const client = useQueryClient()
  const { data: terms } = useTerms()
  const { data: accepted } = useMine()
  const awaiting = computed(() => {
    if (token.value === null || !terms.value || !accepted.value) return []
    const done = new Set(accepted.value.accepted.map((one) => one.version))
    return [...(terms.value.current ? [terms.value.current] : []), ...terms.value.coming].filter((one) => !done.has(one.version))
  })
  async function accept(version: number): Promise<void> {
    try {
      const call = own.POST('/api/member/v1/me/terms/acceptance', { params: command(), body: { version } })
      client.setQueryData(['myTerms'], await mine<MyTerms>(call))
    } catch (error) {
      void client.invalidateQueries({ queryKey: ['terms'] })
      throw error
    }
  }
  const acceptedAt = (version: number): string | undefined =>
    accepted.value?.accepted.find((one) => one.version === version)?.accepted_at
  const coming = computed(() => new Set(terms.value?.coming.map((one) => one.version)))
  return { awaiting, coming, accept, acceptedAt, known: computed(() => token.value !== null && accepted.value !== undefined) }
}

export interface Block {
  heading: boolean
  text: string
}

/** Paragraphs are parted by blank lines; a line that begins with `## ` is a heading. */
export const blocksOf = (text: string): Block[] =>
  text.split(/\n\s*\n/).flatMap((part) => {
    const [first = '', ...rest] = part.trim().split('\n')
    if (!first.startsWith('## ')) return first ? [{ heading: false, text: part.trim() }] : []
    const blocks = [{ heading: true, text: first.slice(3) }]
    return rest.length > 0 ? [...blocks, { heading: false, text: rest.join('\n') }] : blocks
  })
