// Types are stripped and code is compiled once, not at every start: a service is ready in two thirds of the time, and a
// hook starts for each call of a tool. Where the folder cannot be written, this changes nothing.
import module from 'node:module'

module.enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/skillwatch`)
