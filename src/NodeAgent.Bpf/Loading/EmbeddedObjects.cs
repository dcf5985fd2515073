// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>The compiled probes, which are resources of this assembly.</summary>
internal static class EmbeddedObjects
{
    private const string Suffix = ".bpf.o";

    /// <summary>Shape: family names, <c>process</c>; with <c>wire_layout</c>, which has no programs.</summary>
    internal static IEnumerable<string> Names =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[..^Suffix.Length])
            .Order(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">This build has no such object.</exception>
    internal static BpfObject Open(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + Suffix)
            ?? throw new InvalidOperationException($"this build carries no object {name}{Suffix}");
        byte[] elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(elf, name);
    }
}
