/** Whether a failed query is worth another try: twice where the server or the network failed, never where it refused. */
export function retryUnlessRefused(failures: number, error: unknown): boolean {
  const status = (error as { status?: number } | null)?.status ?? 0
  return failures < 2 && (status === 0 || status >= 500)
}
