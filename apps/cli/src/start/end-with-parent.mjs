// Loaded into each service before the service itself. The channel to `start` closes when `start` ends, also by
// `kill -9`. The service then stops as on SIGTERM, so that its port and the database are free again.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
