// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Tests.Faults;
using Xunit.Runner.InProc.SystemConsole;

// "child-…": the process that a fault test starts, or that a developer points kubectl at. Else: the tests.
return args switch
{
    ["child-write", string directory, string database] => await Children.WriteAsync(directory, database),
    ["child-serve", string directory] => await Children.ServeAsync(directory),
    _ => await ConsoleRunner.Run(args),
};
