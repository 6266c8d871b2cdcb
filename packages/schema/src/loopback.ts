const IPV4_LOOPBACK = /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/

/** Whether an address or host name is only reachable from its own machine. IPv6 may be in brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || IPV4_LOOPBACK.test(host)
}
