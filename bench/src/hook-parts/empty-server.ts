import { fastify } from 'fastify'

/** A Fastify route that does nothing, on the port it is given. */
const app = fastify()
app.post('/v1/hooks/claude-code', async () => ({}))
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
console.log('listening')
