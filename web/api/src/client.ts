/** The typed client and the one shape in which its failures reach a page. */
import createClient, { type Client } from 'openapi-fetch'

import type { paths } from './schema'

export type Api = Client<paths>

/** A refusal by the server (RFC 9457), or `code` "network" with status 0 where no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly requestId: string | null,
    readonly fields: Readonly<Record<string, unknown>>,
  ) {
    super(`${status} ${code}`)
    this.name = 'ApiError'
  }
}

/**
 * `headers` is asked before every request, so that what signs a request may change while the page is open. `baseUrl`:
 * where the API is, for a caller that is no page of it. `send`: what carries a request, with its headers.
 */
export function createApi(
  headers: () => Record<string, string>,
  baseUrl = '',
  send: (request: Request) => Promise<Response> = (request) => fetch(request),
): Api {
  const client = createClient<paths>({ baseUrl, credentials: 'same-origin', fetch: send })
  client.use({
    onRequest({ request }) {
      for (const [name, value] of Object.entries(headers())) request.headers.set(name, value)
      return request
    },
  })
  return client
}

interface Outcome<Data> {
  data?: Data | undefined
  error?: unknown
  response: Response
}

/** The body of an answer. Throws ApiError for every other outcome. */
export async function answer<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  let outcome: Outcome<Data>
  try {
    outcome = await call
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, 'network', '', null, {})
  }
  if (outcome.response.ok) return outcome.data as Data
  throw refusal(outcome.response.status, outcome.error)
}

function refusal(status: number, body: unknown): ApiError {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const text = (name: string): string => (typeof problem[name] === 'string' ? problem[name] : '')
  return new ApiError(status, text('code') || `http_${status}`, text('detail'), text('request_id') || null, problem)
}
