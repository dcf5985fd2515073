// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks;

/// <summary>Alerts as lines in a file that is rotated by size: PATH, PATH.1 (newer) … PATH.N-1 (oldest).</summary>
/// <remarks>
/// The file may be deleted, moved, cut or filled up by others at any time: it is opened anew as soon as what lies at the
/// path is not what was written. An alert is in the file whole or not at all, as far as the disk allows.
/// </remarks>
public sealed class RotatingFileSink : IAlertSink
{
    private static readonly byte[] LineBreak = "\n"u8.ToArray();
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _maxFiles;
    private readonly ILogger _logger;
    private readonly IAlertFormat? _format;
    private FileStream? _file;
    private long _length;
    private bool _torn;
    private bool _rotationFailing;

    /// <param name="path">Shape: absolute; its folder is made when missing.</param>
    /// <param name="maxBytes">Units: bytes per file. A single longer alert still gets a file of its own.</param>
    /// <param name="maxFiles">How many files are kept, the current one included.</param>
    /// <param name="logger">Where a failed rotation is told, once per change.</param>
    /// <param name="name">The sink's name.</param>
    /// <param name="format">What a line holds; null = the envelope.</param>
    public RotatingFileSink(string path, long maxBytes, int maxFiles, ILogger<RotatingFileSink> logger, string name = "file", IAlertFormat? format = null)
    {
        Name = name;
        _format = format;
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFiles, 1);
        _path = path;
        _maxBytes = maxBytes;
        _maxFiles = maxFiles;
        _logger = logger;
    }

    public string Name { get; }

    public ValueTask WriteAsync(AlertMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WriteLineAsync(message.LineIn(_format));
    }

    /// <summary>The same for a line of any kind.</summary>
    /// <param name="line">Shape: ends with <c>\n</c>.</param>
    /// <exception cref="IOException">The line is lost; the next one may pass.</exception>
    public ValueTask WriteLineAsync(ReadOnlyMemory<byte> line)
    {
        try
        {
            Write(line.Span);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            Close();
            throw new IOException($"Cannot write {_path}: {error.Message}", error);
        }
        catch (IOException)
        {
            Close();
            throw;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        FileStream file = Current();
        if (_length > 0 && _length + line.Length > _maxBytes)
        {
            file = Rotate(file);
        }

        if (_torn)
        {
            file.Write(LineBreak);
            _length += LineBreak.Length;
            _torn = false;
        }

        try
        {
            file.Write(line);
            _length += line.Length;
        }
        catch (IOException)
        {
            TakeBack(file);
            throw;
        }
    }

    /// <summary>A disk that fills up takes part of a line: cut it off, or remember that it is there.</summary>
    private void TakeBack(FileStream file)
    {
        try
        {
            file.SetLength(_length);
        }
        catch (IOException)
        {
            _torn = true;
        }
    }

    private FileStream Current()
    {
        if (_file is not null)
        {
            var atPath = new FileInfo(_path);
            if (atPath.Exists && atPath.Length == _length)
            {
                return _file;
            }

            Close();
        }

        return Open();
    }

    private FileStream Open()
    {
        if (Path.GetDirectoryName(_path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            // An alert holds command lines, and those hold secrets.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(_path, options);
        _length = file.Length;
        _torn = _length > 0 && !EndsWithLineBreak(file);
        file.Seek(0, SeekOrigin.End);
        _file = file;
        return file;
    }

    /// <summary>False when a writer died within a line: the next alert must not become part of it.</summary>
    private static bool EndsWithLineBreak(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private FileStream Rotate(FileStream file)
    {
        try
        {
            for (int at = _maxFiles - 1; at > 0; at--)
            {
                string from = at == 1 ? _path : NameOf(at - 1);
                if (File.Exists(from))
                {
                    File.Move(from, NameOf(at), overwrite: true);
                }
            }

            if (_maxFiles == 1)
            {
                File.Delete(_path);
            }

            Close();
            _rotationFailing = false;
            return Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && _file is not null)
        {
            return GoOnWithoutRotation(file, error);
        }
    }

    /// <summary>A file a little too long loses nothing; one that grows for ever would take the disk.</summary>
    private FileStream GoOnWithoutRotation(FileStream file, Exception error)
    {
        if (!_rotationFailing)
        {
            _rotationFailing = true;
            Log.RotationFailed(_logger, _path, error.Message);
        }

        return _length < _maxBytes * 2
            ? file
            : throw new IOException($"{_path} has twice its size and cannot be rotated: {error.Message}", error);
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private string NameOf(int number) => string.Create(null, $"{_path}.{number}");
}
