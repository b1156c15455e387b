// Runs before the program, on whatever Node there is: it must stay plain JavaScript that old versions can read.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `CFD-Broker needs Node 24 or later and found ${major}.${minor}. On Linux x64 the installation brings its own; elsewhere install it from nodejs.org.`,
  );
  process.exit(1);
}
