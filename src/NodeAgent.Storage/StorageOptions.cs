// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace NodeAgent.Storage;

/// <summary>How the storage runs inside an agent.</summary>
public sealed class StorageOptions
{
    /// <summary>Where the database, the keys and the kubeconfig stand. Made with mode 0700 when absent.</summary>
    public string DataDirectory { get; set; } = "/var/lib/node-agent";

    /// <summary>Shape: <c>address:port</c>; port 0 takes a free one, and the kubeconfig carries it.</summary>
    public string ListenAddress { get; set; } = "127.0.0.1:0";

    /// <summary>Units: bytes. A larger request body is refused with 413.</summary>
    public long MaxRequestBodyBytes { get; set; } = 16L << 20;

    public int MaxConnections { get; set; } = 256;

    /// <summary>Units: changes kept for watches that resume and lists that go on.</summary>
    public int WatchWindowEvents { get; set; } = 4096;

    /// <summary>Units: bytes of documents in that window.</summary>
    public long WatchWindowBytes { get; set; } = 16L << 20;

    /// <summary>Units: changes a watcher may lag behind before its watch ends with 410.</summary>
    public int WatcherQueueLength { get; set; } = 1024;

    /// <summary>How long a stop waits for requests under way.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2.5);

    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <exception cref="ArgumentException">The message names the key.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "must not be empty");
        Require(IPEndPoint.TryParse(ListenAddress, out _), nameof(ListenAddress), $"'{ListenAddress}' is not ADDRESS:PORT");
        Require(MaxRequestBodyBytes is >= 1024 and <= int.MaxValue, nameof(MaxRequestBodyBytes), "must lie between 1 KiB and 2 GiB");
        Require(MaxConnections > 0, nameof(MaxConnections), "must be positive");
        Require(WatchWindowEvents > 0, nameof(WatchWindowEvents), "must be positive");
        Require(WatchWindowBytes > 0, nameof(WatchWindowBytes), "must be positive");
        Require(WatcherQueueLength > 0, nameof(WatcherQueueLength), "must be positive");
        Require(StopTimeout > TimeSpan.Zero, nameof(StopTimeout), "must be positive");
        Require(BookmarkInterval > TimeSpan.Zero, nameof(BookmarkInterval), "must be positive");
    }

    private static void Require(bool condition, string key, string message)
    {
        if (!condition)
        {
            throw new ArgumentException($"Storage:{key} {message}", key);
        }
    }
}
