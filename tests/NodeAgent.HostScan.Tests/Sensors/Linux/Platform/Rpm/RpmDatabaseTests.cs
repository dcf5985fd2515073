// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Platform;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Platform.Rpm;

/// <summary>Databases that rpm itself made, and what they look like after a disk or an attacker had them.</summary>
public sealed class RpmDatabaseTests : IDisposable
{
    private const int Packages = 120;
    private const string Sqlite = "/var/lib/rpm/rpmdb.sqlite";
    private static readonly Lazy<string> Built = new(Build);
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_DatabaseOfRpm_CountsAsRpmDoes()
    {
        string[] asked = Install(Folder("/var/lib/rpm"));

        (PackageDatabase database, string? problems) = Read();

        Assert.Null(problems);
        Assert.Equal((Sqlite, Packages, Packages), (database.Path, database.Count, asked.Length));
        string newest = DateTimeOffset.FromUnixTimeSeconds(asked.Max(line => long.Parse(line, CultureInfo.InvariantCulture))).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        Assert.Equal(newest, database.LastInstalled);
    }

    // Debian's rpm cannot write this format, so the file is made as rpm's source describes it.
    [Fact]
    public void Read_DatabaseOfSuse_CountsItsSlots()
    {
        _tree.File("/usr/lib/sysimage/rpm/Packages.db", Ndb(pages: 2, packages: 300));

        (PackageDatabase database, string? problems) = Read();

        Assert.Null(problems);
        Assert.Equal((300, null), (database.Count, database.LastInstalled));
    }

    [Theory]
    [InlineData(Sqlite)]
    [InlineData("/usr/lib/sysimage/rpm/Packages.db")]
    public void Read_DatabaseThatIsDamaged_IsAProblemOrACountAndHasAnEnd(string path)
    {
        if (path == Sqlite)
        {
            Install(Folder("/var/lib/rpm"));
        }

        byte[] sound = path == Sqlite ? File.ReadAllBytes(_tree.At(path)) : Ndb(pages: 4, packages: 600);
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = [.. sound.AsSpan(0, round % 3 == 0 ? random.Next(sound.Length) : sound.Length)];
            for (int change = 0; change < 40 && bytes.Length > 0; change++)
            {
                bytes[random.Next(round % 2 == 0 ? Math.Min(bytes.Length, 8192) : bytes.Length)] = (byte)random.Next(256);
            }

            _tree.File(path, bytes);
            (PackageDatabase database, string? problems) = Read();

            Assert.True(problems is null ? database.Count >= 0 : database.Count is null && problems.StartsWith(path + ": packages are not counted (", StringComparison.Ordinal), problems);
        }
    }

    // A key and a value for each package, and the key 0 with rpm's own counter.
    [Theory]
    [InlineData(120)]
    [InlineData(3)]
    public void Read_BerkeleyHash_CountsItsKeys(int packages)
    {
        string folder = Folder("/var/lib/rpm");
        string loaded = string.Concat(Enumerable.Range(0, packages + 1).Select(number => $"{number}\n{new string('x', number % 7 == 0 ? 9000 : 300)}\n"));
        using Process load = Start("db5.3_load", ["-T", "-t", "hash", Path.Combine(folder, "Packages")], isFed: true);
        load.StandardInput.Write(loaded);
        load.StandardInput.Close();
        string said = load.StandardError.ReadToEnd();
        load.WaitForExit();
        Assert.True(load.ExitCode == 0, said);

        (PackageDatabase database, string? problems) = Read();

        Assert.Null(problems);
        Assert.Equal(packages, database.Count);
    }

    [Theory]
    [InlineData("rpmdb.sqlite")]
    [InlineData("Packages.db")]
    [InlineData("Packages")]
    public void Read_WhatIsNoDatabase_IsAProblem(string name)
    {
        _tree.File("/var/lib/rpm/" + name, new string('x', 5000));

        (PackageDatabase database, string? problems) = Read();

        Assert.Null(database.Count);
        Assert.StartsWith($"/var/lib/rpm/{name}: packages are not counted (", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ChangesThatAreNotYetWritten_AreSaid()
    {
        Install(Folder("/var/lib/rpm"));
        _tree.File("/var/lib/rpm/rpmdb.sqlite-wal", "x");

        Assert.Equal("/var/lib/rpm/rpmdb.sqlite: changes that are not yet in it are not counted", Read().Problems);
    }

    private (PackageDatabase Database, string? Problems) Read()
    {
        (PackageSummarySpec? spec, string? problems) = SensorScan.Of(new PackagesSensor(), HostDataJsonContext.Readable.PackageSummarySpec, _tree);
        return (Assert.Single(spec!.Databases!), problems);
    }

    private string Folder(string path)
    {
        Directory.CreateDirectory(_tree.At(path));
        return _tree.At(path);
    }

    /// <returns>What rpm says of each package: when the transaction began that installed it. Units: s since 1970.</returns>
    private static string[] Install(string folder)
    {
        string packages = Built.Value;
        string[] options = ["--define", "_db_backend sqlite", "--dbpath", folder];
        Run("rpm", [.. options, "--initdb"]);
        Run("rpm", [.. options, "-i", "--justdb", "--nodeps", "--noscripts", "--nosignature", "--ignorearch", "--ignoreos", .. Directory.GetFiles(packages, "*.rpm", SearchOption.AllDirectories)]);
        return Run("rpm", [.. options, "-qa", "--qf", "%{INSTALLTID}\\n"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    // Every third slot is free, as after packages were removed.
    private static byte[] Ndb(int pages, int packages)
    {
        byte[] file = new byte[(pages * 4096) + 4096];
        "RpmP"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), pages);
        int made = 0;
        for (int slot = 2; slot < pages * 256; slot++)
        {
            Span<byte> at = file.AsSpan(slot * 16);
            "Slot"u8.CopyTo(at);
            if (slot % 3 != 0 && made < packages)
            {
                BinaryPrimitives.WriteInt32LittleEndian(at[4..], ++made);
                BinaryPrimitives.WriteInt32LittleEndian(at[8..], 256 + made);
                BinaryPrimitives.WriteInt32LittleEndian(at[12..], 8);
            }
        }

        Assert.Equal(packages, made);
        return file;
    }

    // One source with many packages: rpm makes them all at once.
    private static string Build()
    {
        string folder = Directory.CreateTempSubdirectory("node-agent-rpm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string parts = string.Concat(Enumerable.Range(1, Packages - 1).Select(number => $"%package p{number}\nSummary: x\n%description p{number}\nx\n%files p{number}\n"));
        File.WriteAllText(Path.Combine(folder, "a.spec"), $"Name: a\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n%description\n{new string('x', 20_000)}\n%files\n{parts}");
        Run("rpmbuild", ["-bb", "--define", $"_topdir {folder}", "--define", "_build_id_links none", Path.Combine(folder, "a.spec")]);
        return folder;
    }

    private static string Run(string program, string[] arguments)
    {
        using Process process = Start(program, arguments, isFed: false);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
        return said;
    }

    private static Process Start(string program, string[] arguments, bool isFed)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = isFed, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
            throw;
        }
    }
}
