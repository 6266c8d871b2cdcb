/** The address of the gateway that belongs to an ingest: port 8765 where ingest has its usual port 8766. */
export function readUrlOf({ url, readUrl }: { url: string; readUrl?: string | undefined }): string {
  if (readUrl !== undefined) return readUrl.replace(/\/+$/, '')
  const address = new URL(url)
  if (address.port === '8766') address.port = '8765'
  return address.href.replace(/\/+$/, '')
}
