// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Where files lie whose change drift is about.</summary>
internal static class WatchedPlaces
{
    // Anywhere in the path, since a container may see the host's folders below another.
    private static readonly byte[][] Parts =
    [
        [.. "/etc/"u8], [.. "/proc/sys/"u8], [.. "/systemd/"u8], [.. "/spool/cron"u8], [.. "/kubelet"u8], [.. "/kubernetes/"u8], [.. "/manifests/"u8], [.. "/rancher/"u8],
        [.. "/snap/microk8s/"u8], [.. "/k0s/"u8], [.. "/containerd/"u8], [.. "/fs/selinux/"u8], [.. "/kernel/security/"u8], [.. "/.ssh/"u8],
    ];

    public static bool Holds(ReadOnlySpan<byte> path)
    {
        foreach (byte[] part in Parts)
        {
            if (path.IndexOf(part) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
