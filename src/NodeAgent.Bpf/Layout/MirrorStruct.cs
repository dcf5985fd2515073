// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Layout;

/// <summary>A C# struct as the runtime lays it out. Units: bytes.</summary>
internal sealed record MirrorStruct(string Name, string CName, int SizeBytes, IReadOnlyList<MirrorField> Fields)
{
    internal static MirrorStruct Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>()
        where T : unmanaged
    {
        string cName = typeof(T).GetCustomAttribute<WireStructAttribute>()?.CName
            ?? throw new InvalidOperationException($"{typeof(T).Name} has no [WireStruct]");
        var fields = new List<MirrorField>();
        foreach (FieldInfo field in typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            fields.Add(Locate<T>(field));
        }

        return new MirrorStruct(typeof(T).Name, cName, Unsafe.SizeOf<T>(), fields);
    }

    // Sets every bit of one field and looks which bytes of the struct changed: the runtime's own word on the layout.
    private static MirrorField Locate<T>(FieldInfo field)
        where T : unmanaged
    {
        object boxed = default(T);
        field.SetValue(boxed, AllOnes(field.FieldType));
        T changed = (T)boxed;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in changed));
        int first = bytes.IndexOfAnyExcept((byte)0);
        int last = bytes.LastIndexOfAnyExcept((byte)0);
        string cName = field.GetCustomAttribute<WireFieldAttribute>()?.CName ?? Layout.CName.SnakeCase(field.Name);
        return new MirrorField(field.Name, cName, first, last - first + 1);
    }

    private static object AllOnes(Type type)
    {
        if (type.IsEnum)
        {
            Type underlying = Enum.GetUnderlyingType(type);
            return Enum.ToObject(type, underlying == typeof(ushort) ? ushort.MaxValue : uint.MaxValue);
        }

        return type switch
        {
            _ when type == typeof(ulong) => ulong.MaxValue,
            _ when type == typeof(uint) => uint.MaxValue,
            _ when type == typeof(ushort) => ushort.MaxValue,
            _ when type == typeof(byte) => byte.MaxValue,
            _ when type == typeof(Bytes16) => Filled<Bytes16>(),
            _ when type == typeof(Words4) => Filled<Words4>(),
            _ when type == typeof(WireString) => Filled<WireString>(),
            _ when type == typeof(HeaderRecord) => Filled<HeaderRecord>(),
            _ => throw new InvalidOperationException($"no mirror may have a field of type {type.Name}"),
        };
    }

    private static T Filled<T>()
        where T : unmanaged
    {
        T value = default;
        MemoryMarshal.AsBytes(new Span<T>(ref value)).Fill(0xff);
        return value;
    }
}

/// <summary>A field of a mirror. Units: bytes.</summary>
internal sealed record MirrorField(string Name, string CName, int OffsetBytes, int SizeBytes);
