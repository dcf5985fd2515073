// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScanning;

/// <summary>An object that is to be in the storage as it is here.</summary>
/// <param name="Resource">Shape: as the storage's client takes it.</param>
/// <param name="Namespace">Empty = of the cluster.</param>
/// <param name="Hash">Of its content.</param>
/// <param name="Error">What its status says; null = it has no status.</param>
/// <param name="IsThere">False = the node has no such thing, and there shall be no object.</param>
/// <param name="Write">The object as JSON; the time is that of the scan.</param>
internal sealed record NodeObject(string Resource, string Namespace, string Name, string Hash, string? Error, bool IsThere, Func<DateTimeOffset, byte[]> Write)
{
    public string Version => $"{Hash} {Error}";
}
