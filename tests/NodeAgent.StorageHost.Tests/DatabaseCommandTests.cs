// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace NodeAgent.StorageHost.Tests;

public sealed partial class DatabaseCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Data => _scratch["data"];

    private string Database => Path.Combine(Data, "storage.db");

    private string Backup => _scratch["backup.db"];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Backup_OfARunningServer_IsWhatWasThereAndRestoreBringsItBack()
    {
        await using (StorageProcess storage = await StorageProcess.StartAsync(Data))
        {
            await storage.CreateAsync("before");
            Assert.Matches("^backup: .*backup.db, 1 objects, revision 2, ", await DoAsync("backup", Backup, "--data-dir", Data));
            await storage.CreateAsync("after");
            Assert.Contains(", 2 objects, revision 3, ", await DoAsync("check", "--data-dir", Data), StringComparison.Ordinal);
            (int code, _, string errors) = await StorageProgram.RunAsync("restore", Backup, "--data-dir", Data);
            Assert.Equal(1, code);
            Assert.Contains("another process uses the storage", errors, StringComparison.Ordinal);
        }

        string restored = await DoAsync("restore", Backup, "--data-dir", Data);
        string aside = Assert.Single(Directory.GetFiles(Data, "storage.db.before-restore-*"), file => !file.EndsWith("-wal", StringComparison.Ordinal));
        Assert.Contains($"the database before: {aside}", restored, StringComparison.Ordinal);
        await using StorageProcess again = await StorageProcess.StartAsync(Data);
        string list = await again.GetAsync(StorageProcess.Collection);
        Assert.Contains("\"before\"", list, StringComparison.Ordinal);
        Assert.DoesNotContain("\"after\"", list, StringComparison.Ordinal);
        Assert.True(Revision(list) > 3, "a revision that clients saw would be given twice");
    }

    [Fact]
    public async Task Start_DamagedDatabaseAndABackup_GoesOnWithTheBackup()
    {
        await using (StorageProcess storage = await StorageProcess.StartAsync(Data))
        {
            await storage.CreateAsync("kept");
            await DoAsync("backup", Backup, "--data-dir", Data);
            await storage.CreateAsync("lost");
            await storage.StopAsync();
        }

        await File.WriteAllTextAsync(Database, "this is no database, whatever its name says");
        await using StorageProcess again = await StorageProcess.StartAsync(Data, "--backup-file", Backup);
        string list = await again.GetAsync(StorageProcess.Collection);

        Assert.Contains("\"kept\"", list, StringComparison.Ordinal);
        Assert.True(Revision(list) > 3, list);
        Assert.Single(Directory.GetFiles(Data, "storage.db.corrupt-*"));
        Assert.Contains("is that of the backup", again.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_DamagedFile_FailsAndSaysWhat()
    {
        await using (StorageProcess storage = await StorageProcess.StartAsync(Data))
        {
            for (int i = 0; i < 20; i++)
            {
                await storage.CreateAsync($"o{i}");
            }

            await storage.StopAsync();
        }

        byte[] bytes = await File.ReadAllBytesAsync(Database);
        bytes.AsSpan(8192, 4096).Fill(0x5a);
        await File.WriteAllBytesAsync(Database, bytes);
        (int code, _, string errors) = await StorageProgram.RunAsync("check", "--data-dir", Data);
        (int restore, _, _) = await StorageProgram.RunAsync("restore", Database, "--data-dir", _scratch["other"]);
        (int backup, _, _) = await StorageProgram.RunAsync("backup", Backup, "--data-dir", Data);

        Assert.Equal(1, code);
        Assert.Contains("damaged", errors, StringComparison.Ordinal);
        Assert.Equal(1, restore);
        Assert.False(File.Exists(Path.Combine(_scratch["other"], "storage.db")), "a damaged backup was put in place");
        Assert.Equal(1, backup);
        Assert.False(File.Exists(Backup), "a backup of a damaged database was left");
    }

    [Fact]
    public async Task Commands_WithoutADatabase_SaySo()
    {
        foreach (string[] arguments in (string[][])[["check", "--data-dir", Data], ["backup", Backup, "--data-dir", Data], ["restore", Backup, "--data-dir", Data]])
        {
            (int code, _, string errors) = await StorageProgram.RunAsync(arguments);
            Assert.Equal(1, code);
            Assert.Matches("error: .* does not exist", errors);
        }
    }

    private static async Task<string> DoAsync(params string[] arguments)
    {
        (int code, string output, string errors) = await StorageProgram.RunAsync(arguments);
        Assert.True(code == 0, output + errors);
        return output;
    }

    private static long Revision(string list) => long.Parse(ListRevision().Match(list).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("\"metadata\":\\{\"resourceVersion\":\"([0-9]+)\"")]
    private static partial Regex ListRevision();
}
