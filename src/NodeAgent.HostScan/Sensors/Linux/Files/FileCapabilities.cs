// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Api.HostData;
using NodeAgent.Events.Capabilities;

namespace NodeAgent.HostScan.Sensors.Linux.Files;

/// <summary>What <c>security.capability</c> says. Source: linux/capability.h, struct vfs_ns_cap_data.</summary>
/// <param name="Permitted">Shape: bit n is capability n; so is <paramref name="Inheritable"/>.</param>
/// <param name="RootUid">Null = they hold in every user namespace that the file is mounted for.</param>
internal readonly record struct FileCapabilities(ulong Permitted, ulong Inheritable, bool IsEffective, uint? RootUid)
{
    /// <summary>Units: bytes of the longest form.</summary>
    public const int MaxLength = 24;

    private const uint RevisionMask = 0xFF000000;
    private const uint FirstRevision = 0x01000000;
    private const uint SecondRevision = 0x02000000;
    private const uint ThirdRevision = 0x03000000;
    private const uint EffectiveFlag = 1;

    /// <summary>Shape: of the attribute's name, as the system call takes it.</summary>
    public static ReadOnlySpan<byte> Attribute => "security.capability\0"u8;

    /// <returns>False when the bytes are no such attribute: the kernel then gives nothing either.</returns>
    public static bool TryParse(ReadOnlySpan<byte> value, out FileCapabilities capabilities)
    {
        capabilities = default;
        if (value.Length < sizeof(uint))
        {
            return false;
        }

        uint magic = Word(value, 0);
        bool isEffective = (magic & EffectiveFlag) != 0;
        switch (magic & RevisionMask, value.Length)
        {
            case (FirstRevision, 12):
                capabilities = new FileCapabilities(Word(value, 1), Word(value, 2), isEffective, null);
                return true;
            case (SecondRevision, 20) or (ThirdRevision, 24):
                capabilities = new FileCapabilities(
                    Word(value, 1) | ((ulong)Word(value, 3) << 32), Word(value, 2) | ((ulong)Word(value, 4) << 32), isEffective, value.Length == 24 ? Word(value, 5) : null);
                return true;
            default:
                return false;
        }
    }

    public HostFileCapabilities Described() => new()
    {
        Permitted = Names(Permitted),
        Inheritable = Names(Inheritable),
        Effective = IsEffective,
        RootUid = RootUid,
    };

    private static string[] Names(ulong set) => [.. Enumerable.Range(0, CapabilityNames.Limit).Where(number => (set >> number & 1) != 0).Select(CapabilityNames.Of)];

    private static uint Word(ReadOnlySpan<byte> value, int index) => BinaryPrimitives.ReadUInt32LittleEndian(value[(index * sizeof(uint))..]);
}
