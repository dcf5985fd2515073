// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Alerts;

/// <summary>Which file an alert is about, and by whom it can be found.</summary>
/// <param name="Path">Shape: absolute, as the process saw it.</param>
/// <param name="StartTimeNs">Units: ns of CLOCK_BOOTTIME; with the pid it names the process.</param>
/// <param name="CgroupPath">Shape: path in the cgroup2 tree, of the container whose other processes see the same files.</param>
public sealed record AlertedFile(string Path, uint Pid, ulong StartTimeNs, ulong CgroupId, string CgroupPath);
