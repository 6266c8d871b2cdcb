export { uuidV7 } from '@skillwatch/schema/uuid-v7'
