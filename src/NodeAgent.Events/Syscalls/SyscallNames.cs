// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;

namespace NodeAgent.Events.Syscalls;

/// <summary>System call numbers to names and back, for every calling convention of both architectures. Lookups allocate nothing.</summary>
public static class SyscallNames
{
    /// <summary>Above every number that a kernel has; what is above it has no name.</summary>
    public const int NumberLimit = 1024;

    // x32's own numbers repeat names that have another number already.
    private const int X32First = 512;

    private static readonly Table[] Tables =
    [
        Table.Parse(SyscallTables.X64), Table.Parse(SyscallTables.I386), Table.Parse(SyscallTables.Arm64), Table.Parse(SyscallTables.Arm),
    ];

    /// <summary>The numbers of a 64-bit process on this machine.</summary>
    public static SyscallAbi Native { get; } =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SyscallAbi.Arm64 : SyscallAbi.X64;

    /// <summary>The numbers of a 32-bit process on this machine.</summary>
    public static SyscallAbi Compat { get; } = Native == SyscallAbi.Arm64 ? SyscallAbi.Arm : SyscallAbi.I386;

    /// <returns>Shape: <c>openat</c>; null when there is no such call.</returns>
    public static string? Find(SyscallAbi abi, int number) =>
        (uint)number < NumberLimit ? Tables[(int)abi].Names[number] : null;

    /// <returns>Shape: <c>openat</c>; <c>syscall_472</c> for a number that is newer than this build, <c>syscall_unknown</c> for one that no kernel has.</returns>
    public static string Of(SyscallAbi abi, int number) =>
        (uint)number >= NumberLimit ? "syscall_unknown" : Find(abi, number) ?? Tables[(int)abi].Unnamed(number);

    /// <param name="abi">Whose number.</param>
    /// <param name="name">Shape: <c>openat</c>, or what <see cref="Of"/> made of a number without a name.</param>
    /// <returns>-1 when there is no such call.</returns>
    public static int NumberOf(SyscallAbi abi, ReadOnlySpan<char> name) =>
        Tables[(int)abi].Numbers.TryGetValue(name, out int number) ? number : Table.NumberOfUnnamed(name);

    private sealed class Table
    {
        private const string Prefix = "syscall_";

        // Filled on demand; two threads that race write equal texts.
        private readonly string?[] _unnamed = new string?[NumberLimit];

        private Table(string?[] names)
        {
            Names = names;
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int number = 0; number < names.Length; number++)
            {
                if (names[number] is string name && (number < X32First || !numbers.ContainsKey(name)))
                {
                    numbers.Add(name, number);
                }
            }

            Numbers = numbers.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        internal string?[] Names { get; }

        internal FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Numbers { get; }

        internal static Table Parse(string text)
        {
            string?[] names = new string?[NumberLimit];
            foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
            {
                string[] words = line.Split(' ');
                int number = int.Parse(words[0], NumberStyles.None, CultureInfo.InvariantCulture);
                words.AsSpan(1).CopyTo(names.AsSpan(number)!);
            }

            return new Table(names);
        }

        internal static int NumberOfUnnamed(ReadOnlySpan<char> name) =>
            name.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number < NumberLimit
                ? number
                : -1;

        internal string Unnamed(int number) => _unnamed[number] ??= string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");
    }
}
