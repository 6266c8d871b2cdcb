// Loaded into each service before the service itself. The channel to `start` breaks when `start` dies, also by
// `kill -9`: the service then stops as if it were told to, and leaves neither its port nor the database taken.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
