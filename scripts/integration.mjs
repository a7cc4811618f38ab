// `npm run test:integration [-- --grep words]`: the Mocha suite of test/integration, inside the extension host of a
// real VS Code. Prints Mocha's report and leaves the counts in out/results/integration.json.
import { parseArgs } from 'node:util';
import { failureOf, prepareSuite, readOutcome, reportMark, suitePaths } from './lib/integrationSuite.mjs';
import { launchBrowser } from './lib/browser.mjs';
import { startServer } from './lib/vscodeServer.mjs';

const { values: options } = parseArgs({
  options: { grep: { type: 'string' }, workspace: { type: 'string' }, timeout: { type: 'string', default: '600' } },
});

const suite = await prepareSuite({ grep: options.grep, workspace: options.workspace });
const server = await startServer({ automation: true, env: suite.env });
let browser;
try {
  browser = await launchBrowser();
  const page = await browser.newPage();
  await page.exposeFunction('codeAutomationLog', print);
  const exited = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  const crashed = new Promise((resolve) => page.once('crash', () => resolve('the browser crashed')));
  const late = new Promise((resolve) =>
    setTimeout(resolve, Number(options.timeout) * 1000, 'it took too long').unref(),
  );
  await page.goto(
    server.workbenchUrl(suite.workspace, [
      ['extensionDevelopmentPath', `vscode-remote://remote${suitePaths.extension}`],
      ['extensionTestsPath', `vscode-remote://remote${suitePaths.tests}`],
      ['skipWelcome', 'true'],
    ]),
  );
  const ending = await Promise.race([exited, crashed, late]);
  const outcome = readOutcome();
  const failure = failureOf(outcome, ending);
  if (failure) {
    console.error(`\nIntegration tests failed: ${failure}`);
    if (!outcome) console.error(server.extensionHostLog().split('\n').slice(-40).join('\n'));
    process.exitCode = 1;
  }
} finally {
  await browser?.close();
  await server.stop();
  suite.dispose();
}

/** VS Code hands over everything on its console; Mocha's report is what starts with a mark of its own. */
function print(_type, [first]) {
  if (typeof first === 'string' && first.startsWith(reportMark)) console.log(first.slice(reportMark.length));
}
