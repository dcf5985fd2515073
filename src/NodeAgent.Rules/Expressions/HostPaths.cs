// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text;
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.Expressions;

/// <summary>Where, in a container, wanted files of the host are found that are mounted into it. For the event loop's thread.</summary>
/// <param name="hostPrefixes">Shape: starts of absolute paths on the host, such as <c>/etc/shadow</c>.</param>
internal sealed class HostPaths(IReadOnlyList<string> hostPrefixes)
{
    // Configurations are replaced, never changed: what follows from one lives as long as it does.
    private readonly ConditionalWeakTable<ContainerConfiguration, Place[]> _places = [];

    /// <param name="path">As the container sees it.</param>
    /// <returns>False when the path leads to none of them.</returns>
    public bool Holds(ContainerConfiguration? configuration, ReadOnlySpan<byte> path)
    {
        if (configuration is null)
        {
            return false;
        }

        Place[] places = _places.TryGetValue(configuration, out Place[]? known) ? known : _places.GetValue(configuration, PlacesOf);
        foreach (Place place in places)
        {
            if (place.Holds(path))
            {
                return true;
            }
        }

        return false;
    }

    private Place[] PlacesOf(ContainerConfiguration configuration) =>
    [
        .. from mount in HostMounts.BindMounts(configuration)
           let source = mount.Source.TrimEnd('/')
           let destination = mount.Destination.TrimEnd('/')
           from wanted in hostPrefixes
           let place = PlaceOf(wanted, source, destination)
           where place is not null
           select place,
    ];

    // Mounted is either a directory above the files, or one of them itself.
    private static Place? PlaceOf(string wanted, string source, string destination) =>
        wanted.StartsWith(source + "/", StringComparison.Ordinal) ? new Place(Encoding.UTF8.GetBytes(destination + wanted[source.Length..]), false)
        : source.StartsWith(wanted, StringComparison.Ordinal) ? new Place(Encoding.UTF8.GetBytes(destination), true)
        : null;

    /// <param name="IsWhole">The prefix ends with a name.</param>
    private sealed record Place(byte[] Prefix, bool IsWhole)
    {
        public bool Holds(ReadOnlySpan<byte> path) =>
            path.StartsWith(Prefix) && (!IsWhole || path.Length == Prefix.Length || path[Prefix.Length] == (byte)'/');
    }
}

/// <summary>What is mounted into a container from the host, the deepest first. For the event loop's thread.</summary>
internal sealed class HostMounts
{
    private readonly ConditionalWeakTable<ContainerConfiguration, Mount[]> _mounts = [];

    public static IEnumerable<ContainerMount> BindMounts(ContainerConfiguration configuration) =>
        configuration.Mounts.Where(mount => mount.Type == "bind" && mount.Source.StartsWith('/') && mount.Destination.StartsWith('/'));

    /// <returns>False when the path lies in no such mount.</returns>
    public bool TryFind(ContainerConfiguration? configuration, ReadOnlySpan<byte> path, out HostMount found)
    {
        found = default;
        if (configuration is null)
        {
            return false;
        }

        Mount[] mounts = _mounts.TryGetValue(configuration, out Mount[]? known) ? known : _mounts.GetValue(configuration, MountsOf);
        foreach (Mount mount in mounts)
        {
            int length = mount.Destination.Length;
            if (path.StartsWith(mount.Destination) && (path.Length == length || path[length] == (byte)'/'))
            {
                found = new HostMount(mount.Source, length);
                return true;
            }
        }

        return false;
    }

    private static Mount[] MountsOf(ContainerConfiguration configuration) =>
    [
        .. BindMounts(configuration)
            .Select(mount => new Mount(Encoding.UTF8.GetBytes(mount.Source.TrimEnd('/')), Encoding.UTF8.GetBytes(mount.Destination.TrimEnd('/'))))
            .OrderByDescending(mount => mount.Destination.Length),
    ];

    private sealed record Mount(byte[] Source, byte[] Destination);
}

/// <param name="Source">Shape: path on the host without a slash at its end.</param>
/// <param name="DestinationLength">Units: bytes of the container's path that stand for it.</param>
internal readonly record struct HostMount(byte[] Source, int DestinationLength);
