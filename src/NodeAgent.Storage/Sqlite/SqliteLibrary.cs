// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.InteropServices;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Binds SQLitePCLRaw to the system's SQLite: the bundle that carries one of its own cannot be restored everywhere.</summary>
internal static class SqliteLibrary
{
    // Debian and Red Hat, then musl distributions, then wherever a developer has it.
    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.so", "sqlite3"];

    private static readonly Lazy<bool> Bound = new(Bind);

    public static void Ensure() => _ = Bound.Value;

    private static bool Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        return true;
    }

    private static IntPtr Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        if (library == "e_sqlite3")
        {
            foreach (string name in Names)
            {
                if (NativeLibrary.TryLoad(name, out IntPtr handle))
                {
                    return handle;
                }
            }
        }

        return IntPtr.Zero;
    }
}
