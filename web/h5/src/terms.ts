/** The programme's terms, which everybody may read. */
import { answer, createApi } from '@huixiang/api'
import { useQuery } from '@tanstack/vue-query'

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
