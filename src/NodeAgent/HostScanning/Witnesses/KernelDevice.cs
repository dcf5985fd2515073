// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Numbers of devices as the kernel keeps them, which is not how stat(2) tells them. Source: linux/kdev_t.h, sys/sysmacros.h.</summary>
internal static class KernelDevice
{
    /// <param name="device">Shape: st_dev.</param>
    /// <returns>Shape: major &lt;&lt; 20 | minor.</returns>
    public static uint Of(ulong device)
    {
        uint major = (uint)(((device >> 8) & 0xfff) | ((device >> 32) & 0xfffff000));
        uint minor = (uint)((device & 0xff) | ((device >> 12) & 0xffffff00));
        return (major << 20) | (minor & 0xfffff);
    }
}
