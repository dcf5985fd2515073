// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>What of the disks is encrypted by dm-crypt. Encryption by the file system (fscrypt, ZFS) or by the disk itself cannot be read.</summary>
public sealed record DiskEncryptionSpec
{
    /// <summary>Encrypted volumes that are open, by name.</summary>
    public IReadOnlyList<EncryptedVolume>? Volumes { get; init; }

    /// <summary>Mount points whose file system is on a disk, by path.</summary>
    public IReadOnlyList<DiskMount>? Mounts { get; init; }

    /// <summary>By device.</summary>
    public IReadOnlyList<SwapArea>? Swap { get; init; }

    /// <summary>What crypttab opens at start: key = name, value = where the key comes from: <c>asked</c>, <c>file</c>, <c>random</c>. Never the key, nor its path.</summary>
    public IReadOnlyList<HostSetting>? Table { get; init; }

    public string? NodeName { get; init; }
}

public sealed record EncryptedVolume
{
    public string? Name { get; init; }

    /// <summary>Shape: <c>LUKS2</c>, <c>LUKS1</c>, <c>PLAIN</c>, <c>BITLK</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Shape: names of the devices below, <c>sda3</c>.</summary>
    public IReadOnlyList<string>? Devices { get; init; }
}

public sealed record DiskMount
{
    public string? MountPoint { get; init; }

    public string? Device { get; init; }

    public bool? Encrypted { get; init; }
}

public sealed record SwapArea
{
    /// <summary>Shape: path of the device or file.</summary>
    public string? Device { get; init; }

    /// <summary>Shape: <c>partition</c> or <c>file</c>.</summary>
    public string? Type { get; init; }

    /// <summary>True also of swap in memory (zram), which no disk keeps. Null = not known.</summary>
    public bool? Encrypted { get; init; }
}
