// Types are stripped and code is compiled once, not at every start, so that a service is ready in two thirds of
// the time. The command of a hook starts for each tool call. Where the folder cannot be written, this has no
// effect.
import module from 'node:module'

module.enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/skillwatch`)
