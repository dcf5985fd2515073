// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Where files lie whose change drift is about.</summary>
internal static class WatchedPlaces
{
    // Anywhere in the path, since a container may see the host's folders below another. Each begins with a slash.
    private static readonly byte[][] Parts =
    [
        [.. "/etc/"u8], [.. "/proc/sys/"u8], [.. "/systemd/"u8], [.. "/spool/cron"u8], [.. "/kubelet"u8], [.. "/kubernetes/"u8], [.. "/manifests/"u8], [.. "/rancher/"u8],
        [.. "/snap/microk8s/"u8], [.. "/k0s/"u8], [.. "/containerd/"u8], [.. "/fs/selinux/"u8], [.. "/kernel/security/"u8], [.. "/.ssh/"u8],
    ];

    // By the byte behind the slash: each opening for writing asks, and hardly a name begins as one of them.
    private static readonly byte[][][] PartsByName = [.. Enumerable.Range(0, 256).Select(first => Parts.Where(part => part[1] == first).ToArray())];

    public static bool Holds(ReadOnlySpan<byte> path)
    {
        for (int slash = path.IndexOf((byte)'/'); slash >= 0 && slash + 1 < path.Length; slash = path.IndexOf((byte)'/'))
        {
            path = path[slash..];
            foreach (byte[] part in PartsByName[path[1]])
            {
                if (path.StartsWith(part))
                {
                    return true;
                }
            }

            path = path[1..];
        }

        return false;
    }
}
