// SPDX-License-Identifier: Apache-2.0
using NodeAgent.StorageHost.Cli;

return await StorageCommandLine.RunAsync(args).ConfigureAwait(false);
