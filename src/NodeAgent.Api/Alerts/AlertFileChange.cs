// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Alerts;

/// <summary>What became of a watched file. Null members: not known, or there is no such thing.</summary>
public sealed record AlertFileChange
{
    /// <summary>Shape: <c>create</c>, <c>change</c>, <c>remove</c>, <c>rename</c>, <c>chmod</c>, <c>move</c>, <c>chown</c>, <c>attributes</c>, <c>link</c>, <c>mount</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the process called it, where that is another path.</summary>
    public string? SeenAs { get; init; }

    /// <summary>Of a rename over another file, that file.</summary>
    public AlertFileState? Before { get; init; }

    public AlertFileState? After { get; init; }

    /// <summary>What the container's image has there.</summary>
    public AlertFileState? Image { get; init; }
}

/// <summary>What a file was like.</summary>
public sealed record AlertFileState
{
    /// <summary>Shape: 64 lower-case hex digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Why its contents were not read: <c>too-large</c>, <c>changing</c>, <c>unreadable</c>, <c>gone</c>.</summary>
    public string? Unread { get; init; }

    /// <summary>Units: bytes.</summary>
    public ulong? Size { get; init; }

    /// <summary>Shape: four octal digits.</summary>
    public string? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public ulong? Inode { get; init; }

    /// <summary>Shape: <c>MAJOR:MINOR</c>.</summary>
    public string? Device { get; init; }

    /// <summary>Shape: RFC 3339; when its contents were written last.</summary>
    public string? Modified { get; init; }

    /// <summary>Shape: RFC 3339; when the inode was changed last.</summary>
    public string? Changed { get; init; }

    /// <summary>Where a link leads.</summary>
    public string? Target { get; init; }
}
