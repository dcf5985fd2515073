// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text;
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>Where, in a container, the host's files are found that are mounted into it. For the event loop's thread.</summary>
/// <param name="hostPrefixes">Shape: starts of absolute paths on the host, such as <c>/etc/shadow</c>.</param>
internal sealed class HostPaths(IReadOnlyList<string> hostPrefixes)
{
    // Configurations are replaced, never changed: what follows from one lives as long as it does.
    private readonly ConditionalWeakTable<ContainerConfiguration, Place[]> _places = [];

    /// <param name="path">As the container sees it.</param>
    /// <param name="hostPath">The same file on the host.</param>
    /// <returns>False when the path leads to none of them.</returns>
    public bool TryFind(ContainerConfiguration? configuration, ReadOnlySpan<byte> path, out HostPath hostPath)
    {
        hostPath = default;
        if (configuration is null)
        {
            return false;
        }

        Place[] places = _places.TryGetValue(configuration, out Place[]? known) ? known : _places.GetValue(configuration, PlacesOf);
        foreach (Place place in places)
        {
            if (place.Holds(path))
            {
                hostPath = new HostPath(place.Source, place.DestinationLength);
                return true;
            }
        }

        return false;
    }

    private Place[] PlacesOf(ContainerConfiguration configuration) =>
    [
        .. from mount in configuration.Mounts
           where mount.Type == "bind" && mount.Source.StartsWith('/') && mount.Destination.StartsWith('/')
           let source = mount.Source.TrimEnd('/')
           let destination = mount.Destination.TrimEnd('/')
           from wanted in hostPrefixes
           let place = PlaceOf(wanted, source, destination)
           where place is not null
           select place,
    ];

    // Mounted is either a directory above the files, or one of them itself.
    private static Place? PlaceOf(string wanted, string source, string destination) =>
        wanted.StartsWith(source + "/", StringComparison.Ordinal) ? new Place(Encoding.UTF8.GetBytes(destination + wanted[source.Length..]), false, source, destination.Length)
        : source.StartsWith(wanted, StringComparison.Ordinal) ? new Place(Encoding.UTF8.GetBytes(destination), true, source, destination.Length)
        : null;

    /// <param name="IsWhole">The prefix ends with a name.</param>
    private sealed record Place(byte[] Prefix, bool IsWhole, string Source, int DestinationLength)
    {
        public bool Holds(ReadOnlySpan<byte> path) =>
            path.StartsWith(Prefix) && (!IsWhole || path.Length == Prefix.Length || path[Prefix.Length] == (byte)'/');
    }
}

/// <param name="Source">What is mounted, without a slash at its end.</param>
/// <param name="DestinationLength">Units: characters of the container's path that stand for it.</param>
internal readonly record struct HostPath(string Source, int DestinationLength)
{
    /// <param name="path">The container's path, as text.</param>
    public string Of(string path) => Source + path[Math.Min(DestinationLength, path.Length)..];
}
