import type { Migration } from './dialect.ts'

/** A project may leave out where requests to models were made. */
export const storePlaces: Migration = {
  version: 12,
  name: 'store-places',
  up: (d) => [
    `alter table project add column store_places ${d.integer} not null ` +
      'default 1 check (store_places in (0, 1))',
  ],
  down: () => ['alter table project drop column store_places'],
}
