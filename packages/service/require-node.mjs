// Plain JavaScript without imports, so that every Node since 14 can run it and say what is missing.
// Under an older Node the database driver dies of a segmentation fault, without a word.
const major = Number(process.versions.node.split('.')[0])
if (!(major >= 24)) {
  process.stderr.write(
    `Skillwatch needs Node 24 or newer; this is ${process.version} (${process.execPath}).\n` +
      'Run it through npm (npm start, npx skillwatch), which uses the Node of npm ci, or install Node 24.\n',
  )
  process.exit(1)
}
