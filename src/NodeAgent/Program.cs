// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cli;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
