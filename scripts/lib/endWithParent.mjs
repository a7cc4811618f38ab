// Preloaded into VS Code's server: when whoever started it dies, even by SIGKILL, the pipe to its standard input
// closes, and the server takes its whole process group (extension hosts, language servers) with it.
import process from 'node:process';

if (process.env.EARSHOT_END_WITH_PARENT) {
  // The server's own children inherit the environment, but not the pipe.
  delete process.env.EARSHOT_END_WITH_PARENT;
  const end = () => {
    if (process.platform === 'win32') process.exit(1);
    process.kill(-process.pid, 'SIGKILL');
  };
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
}
