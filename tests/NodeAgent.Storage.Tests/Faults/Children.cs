// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Tests.Faults;

/// <summary>What this assembly does as a child process.</summary>
internal static class Children
{
    public const string Resource = "things.example.org";
    private const int Writers = 8;

    /// <summary>The two objects that one write of the child makes.</summary>
    public static IReadOnlyList<ObjectKey> Pair(string name) => [new(Resource, "default", name + "-a"), new(Resource, "default", name + "-b")];

    /// <summary>What an object of that name holds: of many sizes, so that some fill pages and others do not.</summary>
    public static ObjectTemplate Document(ObjectKey key) => Documents.Template(key, string.Concat(Enumerable.Repeat(key.Name, 1 + (int)(Crc(key.Name) % 2000))));

    /// <summary>Writes pairs as fast as it can and prints a line for each that is acknowledged; ends by being killed.</summary>
    public static async Task<int> WriteAsync(string directory, string database)
    {
        using var metrics = new StorageMetrics();
        var options = new StorageOptions { DataDirectory = directory, Database = database };
        await using IObjectStore store = (await StorageEngine.OpenAsync(options, metrics, TimeProvider.System, NullLogger.Instance, CancellationToken.None)).Store;
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        await output.WriteLineAsync($"start {store.CurrentRevision}");
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            string round = Guid.NewGuid().ToString("N")[..8];
            for (int i = 0; ; i++)
            {
                string name = $"w{writer}-{round}-{i}";
                IReadOnlyList<WriteResult> results = await store.WriteAsync([.. Pair(name).Select(key => new WriteRequest(key, 0, Document(key)))], CancellationToken.None);
                lock (gate)
                {
                    // Not awaited: one line is one write(2) of less than PIPE_BUF.
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ok {name} {results[0].Stored!.Revision} {results[1].Stored!.Revision}"));
                }
            }
        })));
        return 0;
    }

    private static uint Crc(string text)
    {
        uint crc = 0;
        foreach (char letter in text)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, letter);
        }

        return crc;
    }

    /// <summary>Serves until its input ends.</summary>
    public static async Task<int> ServeAsync(string directory)
    {
        await using StorageServer server = await StorageServer.StartAsync(
            new StorageOptions { DataDirectory = directory }, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        Console.WriteLine(server.KubeconfigPath);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
