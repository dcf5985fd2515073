// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage;

namespace NodeAgent.Benchmarks.Harness.Stores;

/// <summary>The storage in a process of its own, so that what it costs is not the clients'. Ends with its input.</summary>
internal static class StorageProgram
{
    public const string Flag = "--storage";

    public static async Task<int> RunAsync(string directory, string database)
    {
        var options = new StorageOptions { DataDirectory = directory, Database = database, MaxConnections = 4096 };
        await using StorageServer server = await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        Console.WriteLine(server.Address);
        Console.WriteLine(server.Token);
        Console.WriteLine(Convert.ToBase64String(server.CaCertificate.RawData));
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        return 0;
    }
}
