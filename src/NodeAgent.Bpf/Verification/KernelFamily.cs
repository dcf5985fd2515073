// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Verification;

/// <summary>Which kernels are one when their verifiers are compared: architecture and the first two numbers of the release.</summary>
public static class KernelFamily
{
    /// <summary>The kernel that runs. Shape: <c>x64-6.18</c>.</summary>
    public static string Current { get; } =
        Of(File.ReadAllText("/proc/sys/kernel/osrelease"), RuntimeInformation.ProcessArchitecture);

    /// <param name="release">Shape: <c>6.1.0-18-amd64</c>.</param>
    /// <param name="architecture">What it runs on.</param>
    /// <returns>Shape: <c>x64-6.1</c>; with <c>unknown</c> for a release that begins with no two numbers.</returns>
    public static string Of(string release, Architecture architecture) =>
        $"{architecture.ToString().ToLowerInvariant()}-{KernelRequirements.ParseRelease(release)?.ToString() ?? "unknown"}";
}
