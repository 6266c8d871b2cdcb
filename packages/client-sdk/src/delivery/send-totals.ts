import type { RejectedItem } from '@skillwatch/schema'

export interface SendTotals {
  accepted: number
  duplicates: number
  rejectedCount: number
  /**
   * Why items were rejected, by their index in the array that was sent. The server may list fewer than it
   * rejected.
   */
  rejected: RejectedItem[]
}
