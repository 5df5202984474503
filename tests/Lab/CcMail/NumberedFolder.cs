using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>A folder of files named by number. A file appears whole or not at all, and two writers never take one number.</summary>
internal sealed class NumberedFolder(string path, int digits, string extension)
{
    private int last = -1;

    /// <summary>Puts what is written in as the next number and returns the file's path.</summary>
    public string Add(Action<Stream> write)
    {
        Directory.CreateDirectory(path);
        var temporary = Path.Combine(path, $".{Environment.ProcessId}.tmp");
        using (var file = File.Create(temporary))
        {
            write(file);
        }

        return Adopt(temporary);
    }

    /// <summary>Moves a finished file of this folder to the next number.</summary>
    public string Adopt(string temporary)
    {
        if (last < 0)
        {
            last = FindLast();
        }

        while (true)
        {
            last++;
            var target = Path.Combine(path, last.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0') + extension);
            try
            {
                File.Move(temporary, target);
                return target;
            }
            catch (IOException) when (File.Exists(target))
            {
                // another writer took the number: the next one
            }
        }
    }

    private int FindLast()
    {
        var highest = 0;
        foreach (var file in Directory.EnumerateFiles(path, "*" + extension))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                highest = Math.Max(highest, number);
            }
        }

        return highest;
    }
}
