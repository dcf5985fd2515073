// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Btf;

/// <summary>A struct as the compiler laid it out. Units: bytes.</summary>
public sealed record BtfStruct(string Name, int SizeBytes, IReadOnlyList<BtfMember> Members);

/// <summary>A member of a struct. Units: bytes.</summary>
public sealed record BtfMember(string Name, int OffsetBytes, int SizeBytes);

/// <summary>An enum with its values by name.</summary>
public sealed record BtfEnum(string Name, IReadOnlyDictionary<string, long> Values);

/// <summary>Reads the named structs and enums from an object's BTF.</summary>
public sealed class BtfTypes : IDisposable
{
    // Source: BTF_KIND_STRUCT and BTF_KIND_ENUM of linux/btf.h.
    private const uint KindStruct = 4;
    private const uint KindEnum = 6;

    private readonly BtfHandle _handle;

    internal BtfTypes(BtfHandle handle)
    {
        _handle = handle;
    }

    public IReadOnlyList<BtfStruct> ReadStructs() => Read(KindStruct, ReadStruct);

    public IReadOnlyList<BtfEnum> ReadEnums() => Read(KindEnum, ReadEnum);

    /// <returns>The name of a type; empty when it has none or there is no such type.</returns>
    public unsafe string NameOf(uint id) =>
        NativeMethods.GetBtfType(_handle, id, out NativeBtfType type) < 0 ? string.Empty : NativeText.Copy(type.Name);

    public void Dispose() => _handle.Dispose();

    private unsafe List<T> Read<T>(uint kind, Func<uint, NativeBtfType, T> read)
    {
        var found = new List<T>();
        int count = NativeMethods.GetBtfTypeCount(_handle);
        for (uint id = 1; id < count; id++)
        {
            NativeError.Check(NativeMethods.GetBtfType(_handle, id, out NativeBtfType type), "read BTF type");
            if (type.Kind == kind && type.Name is not null && *type.Name != 0)
            {
                found.Add(read(id, type));
            }
        }

        return found;
    }

    private unsafe BtfStruct ReadStruct(uint id, NativeBtfType type)
    {
        var members = new List<BtfMember>();
        for (uint index = 0; index < type.MemberCount; index++)
        {
            NativeError.Check(NativeMethods.GetBtfMember(_handle, id, index, out NativeBtfMember member), "read BTF member");
            members.Add(new BtfMember(NativeText.Copy(member.Name), (int)member.Offset, (int)member.Size));
        }

        return new BtfStruct(NativeText.Copy(type.Name), (int)type.Size, members);
    }

    private unsafe BtfEnum ReadEnum(uint id, NativeBtfType type)
    {
        var values = new Dictionary<string, long>();
        for (uint index = 0; index < type.MemberCount; index++)
        {
            NativeError.Check(NativeMethods.GetBtfEnumValue(_handle, id, index, out NativeBtfEnumValue value), "read BTF enum");
            values.Add(NativeText.Copy(value.Name), value.Value);
        }

        return new BtfEnum(NativeText.Copy(type.Name), values);
    }
}
